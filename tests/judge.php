<?php
/**
 * What MediaWiki makes of texts: JSON lines {"title", "text"} in, one JSON line of facets for each out.
 *
 * Templates are empty, since those that a text uses are not in the judge's wiki; what stands in the values of their
 * parameters is judged as a text of its own. Semantic MediaWiki's functions show nothing. Categories that MediaWiki
 * itself adds (pages with broken links to files, …) are left out. The first line out is the wiki's siteinfo.
 */
require_once getenv( 'MW_INSTALL_PATH' ) . '/maintenance/Maintenance.php';

use MediaWiki\MediaWikiServices;

class Judge extends Maintenance {
	/** Tags whose content is wikitext. */
	private const WIKITEXT_TAGS = [ 'ref', 'references', 'poem', 'indicator' ];
	private const SITEINFO = 'general|namespaces|namespacealiases|magicwords|interwikimap|extensiontags';
	private $parser;
	private $options;
	private $variables;
	private $words;
	private $seen;
	private $tracking = [];

	public function execute() {
		$services = MediaWikiServices::getInstance();
		$this->parser = $services->getParserFactory()->getMainInstance();
		$this->words = $services->getMagicWordFactory();
		$this->variables = $this->words->newArray( $this->words->getVariableIDs() );
		$this->options = ParserOptions::newFromAnon();
		$this->options->setTemplateCallback( static function ( $title ) {
			return [ 'text' => '', 'finalTitle' => $title, 'deps' => [] ];
		} );
		foreach ( $services->getTrackingCategories()->getTrackingCategories() as $kind ) {
			foreach ( $kind['cats'] as $category ) {
				$this->tracking[$category->getDBkey()] = true;
			}
		}
		$this->addFunctions( [ 'ask' => 'frage', 'show' => 'zeige', 'set' => 'set', 'subobject' => 'subobject' ] );
		$this->say( $this->siteinfo() );
		while ( ( $line = fgets( STDIN ) ) !== false ) {
			$asked = json_decode( $line, true );
			$this->say( $this->judge( Title::newFromText( $asked['title'] ), $asked['text'] ) );
		}
	}

	private function addFunctions( array $names ) {
		$language = MediaWikiServices::getInstance()->getContentLanguage();
		foreach ( $names as $name => $alias ) {
			$language->mMagicExtensions[$name] = [ 0, $name, $alias ];
			$this->parser->setFunctionHook( $name, static function () {
				return '';
			} );
		}
	}

	private function say( $value ) {
		$this->output( json_encode( $value, JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE ) . "\n" );
	}

	private function siteinfo() {
		$query = [ 'action' => 'query', 'meta' => 'siteinfo', 'siprop' => self::SITEINFO, 'formatversion' => 2 ];
		$api = new ApiMain( new FauxRequest( $query ) );
		$api->execute();
		return $api->getResult()->getResultData( [ 'query' ], [ 'BC' => [], 'Types' => [], 'Strip' => 'all' ] );
	}

	private function judge( Title $title, string $text ) {
		$content = new WikitextContent( $text );
		$target = $content->getRedirectTarget();
		$renderer = MediaWikiServices::getInstance()->getContentRenderer();
		$page = $renderer->getParserOutput( $content, $title, null, $this->options );
		$this->seen = [ 'templates' => [], 'values' => [] ];
		$this->parser->startExternalParse( $title, $this->options, Parser::OT_PREPROCESS );
		$body = $target ? $content->getRedirectTargetAndText()[1] : $text;
		$this->findTemplates( $body, $title );
		$facets = [
			'redirect' => $target ? $target->getFullText() : null,
			'headings' => array_map( static function ( $one ) {
				return [ (int)$one['level'], $one['anchor'] ];
			}, $page->getSections() ),
			'templates' => $this->seen['templates'],
			'defaultsort' => $page->getPageProperty( 'defaultsort' ) ?? '',
		];
		$facets += [ 'categories' => [], 'links' => [], 'files' => [], 'external' => [], 'interwiki' => [] ];
		$this->collect( $page, $facets );
		foreach ( $this->seen['values'] as $value ) {
			$this->collect( $this->parser->parse( $value, $title, $this->options ), $facets );
		}
		foreach ( [ 'links', 'files', 'external', 'interwiki' ] as $facet ) {
			$facets[$facet] = array_map( 'strval', array_keys( $facets[$facet] ) );
		}
		$facets['categories'] = (object)$facets['categories'];
		return $facets;
	}

	private function collect( ParserOutput $page, array &$facets ) {
		foreach ( array_diff_key( $page->getCategories(), $this->tracking ) as $name => $key ) {
			$facets['categories'][strtr( $name, '_', ' ' )] = $key;
		}
		foreach ( $page->getLinks() as $namespace => $names ) {
			foreach ( $names as $name => $_ ) {
				$facets['links'][Title::makeTitle( $namespace, $name )->getPrefixedText()] = true;
			}
		}
		foreach ( $page->getImages() as $name => $_ ) {
			$facets['files'][Title::makeTitle( NS_FILE, $name )->getPrefixedText()] = true;
		}
		$facets['external'] += $page->getExternalLinks();
		foreach ( $page->getInterwikiLinks() as $prefix => $names ) {
			foreach ( $names as $name => $_ ) {
				$facets['interwiki'][strtr( "$prefix:$name", '_', ' ' )] = true;
			}
		}
		foreach ( $page->getLanguageLinks() as $link ) {
			$facets['interwiki'][strtr( $link, '_', ' ' )] = true;
		}
	}

	/** All templates of a text with their parameters, and the values in which there may be a link. */
	private function findTemplates( string $text, Title $title ) {
		$frame = $this->parser->getPreprocessor()->newFrame();
		$pending = [ $this->parser->preprocessToDom( $text ) ];
		while ( $pending ) {
			$node = array_pop( $pending );
			$name = $node->getName();
			if ( $name === 'template' ) {
				$this->readTemplate( $node, $frame, $title );
			} elseif ( $name === 'ext' ) {
				$this->readTag( $node->splitExt(), $frame, $title );
				continue;
			}
			if ( $node instanceof PPNode_Hash_Tree ) {
				for ( $child = $node->getFirstChild(); $child; $child = $child->getNextSibling() ) {
					if ( $child instanceof PPNode_Hash_Tree ) {
						$pending[] = $child;
					}
				}
			}
		}
	}

	private function readTag( array $tag, PPFrame $frame, Title $title ) {
		$name = strtolower( $frame->expand( $tag['name'] ) );
		if ( !isset( $tag['inner'] ) ) {
			return;
		}
		$inner = $frame->expand( $tag['inner'], PPFrame::RECOVER_ORIG );
		if ( in_array( $name, self::WIKITEXT_TAGS ) ) {
			$this->findTemplates( $inner, $title );
		} elseif ( $name === 'gallery' ) {
			$attributes = Sanitizer::decodeTagAttributes( $frame->expand( $tag['attr'] ) );
			$this->findTemplates( $attributes['caption'] ?? '', $title );
			foreach ( explode( "\n", $inner ) as $line ) {
				$this->findTemplates( explode( '|', $line, 2 )[1] ?? '', $title );
			}
		}
	}

	private function readTemplate( PPNode $node, PPFrame $frame, Title $title ) {
		$bits = $node->splitTemplate();
		$count = $bits['parts']->getLength();
		$name = $this->templateName( trim( $frame->expand( $bits['title'] ) ), $count, $title );
		if ( $name === null ) {
			return;
		}
		$parts = [];
		for ( $i = 0; $i < $count; $i++ ) {
			$part = $bits['parts']->item( $i )->splitArg();
			$key = (string)$part['index'] !== '' ? (string)$part['index']
				: trim( $frame->expand( $part['name'], PPFrame::STRIP_COMMENTS ) );
			$value = $frame->expand( $part['value'], PPFrame::RECOVER_ORIG );
			$parts[] = [ $key, $value ];
			if ( preg_match( '/[\[:]|__|\/\//', $value ) ) {
				$this->seen['values'][] = $value;
			}
		}
		$this->seen['templates'][] = [ $name, $frame->expand( $node, PPFrame::RECOVER_ORIG ), $parts ];
	}

	/** The full title of the template that braces call; null for functions, variables and what is no title. */
	private function templateName( string $written, int $parts, Title $page ) {
		foreach ( [ 'subst', 'safesubst', 'msgnw', 'msg', 'raw' ] as $modifier ) {
			if ( !$parts && $modifier === 'msgnw' && $this->variables->matchStartToEnd( $written ) !== false ) {
				return null;
			}
			$this->words->get( $modifier )->matchStartAndRemove( $written );
		}
		$colon = strpos( $written, ':' );
		if ( $colon !== false ) {
			$function = substr( $written, 0, $colon );
			$synonyms = $this->parser->getFunctionSynonyms();
			$lower = MediaWikiServices::getInstance()->getContentLanguage()->lc( $function );
			if ( isset( $synonyms[1][$function] ) || isset( $synonyms[0][$lower] ) ) {
				return null;
			}
		}
		$relative = Linker::normalizeSubpageLink( $page, $written, $subpage );
		$title = Title::newFromText( $relative, $relative === $written ? NS_TEMPLATE : $page->getNamespace() );
		return $title && !$title->isExternal() && $title->getText() !== '' ? $title->getPrefixedText() : null;
	}
}

$maintClass = Judge::class;
require_once RUN_MAINTENANCE_IF_MAIN;
